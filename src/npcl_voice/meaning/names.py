"""Words by which the masking knows a person's name, and words that are none.

The names are common Indian given names and surnames. Names that are everyday English words are left
out: they are found by their introduction ("my name is ...").
"""

from typing import Final

__all__ = ["COMMON_WORDS", "PERSONS_NAMES", "PLACEHOLDERS"]

PLACEHOLDERS: Final = tuple(
    "alder aspen basil birch bracken briar camellia cedar clover cypress dahlia fennel fern heather holly iris "
    "ivy juniper larch laurel lilac linden lotus lupin magnolia maple marigold myrtle olive primrose rowan "
    "saffron sage senna sorrel tansy thyme verbena willow yarrow".split()
)
"""What stands for a name that is covered: plants, which nobody here is called."""

PERSONS_NAMES: Final = frozenset(
    # Given names.
    "aakash aarav aarti aarushi abdul abhay abhijit abhinav abhishek aditi aditya afzal ahmed ajay ajit akanksha "
    "akash akbar akhil akhilesh akshay alok aman amar amarjeet amit amita amitabh amrita anand ananya anil anita "
    "anjali anjana anjum ankit ankita ankur anshul anup anupam anuradha anurag anushka apoorva archana arif arjun "
    "armaan arpit arun aruna arvind asad asha ashish ashok ashutosh aslam atul avinash ayesha ayush babita bablu "
    "balram balwant bhagwan bharat bharti bhavna bhupesh bhupinder brijesh chandan chandra chetan chhaya chitra "
    "damini danish deepa deepak deepali deepika deepti devendra devesh dharmendra dhananjay dheeraj dhiraj dhruv "
    "dilip dimple dinesh divya durga ekta farhan farida fatima feroz gagan ganesh gaurav gauri gautam gayatri "
    "geeta girish gita gopal govind gulshan gurpreet hardik hari harish harjeet harpreet harsh harsha hema hemant "
    "himanshu imran indira indu irfan ishaan ishita ishwar jagdish jai jaspreet jatin jaya jayant jitendra jitin "
    "jyoti jyotsna kailash kajal kalpana kamal kamla kamlesh kanika karan karishma kartik kavita kavya keshav "
    "khushboo kiran kirti kishan kishore komal krishan krishna kuldeep kumari kunal kusum lakshmi lalit lata "
    "laxmi leela lokesh madhav madhu madhuri mahendra mahesh malini mamta manish manisha manjeet manju manoj "
    "mansi meena meenakshi meera megha mehul mitali mohan mohammad mohammed mohd mohini mohit monika mukesh mukul "
    "munna murari mustafa nadeem nagendra namita namrata nandini narayan narendra naresh naveen navneet neelam "
    "neeraj neeta neetu neha nidhi nikhil nikita nikunj nilesh nirmala nisha nishant nitin nitish niyati pallavi "
    "pankaj paras parul parveen payal phool pooja poonam prabha prabhat pradeep prakash pramod pranav prasad "
    "prashant pratap prateek pratibha praveen preeti prem priti priya priyanka puja puneet pushpa rachna radha "
    "radhika raghav rahul raj raja rajan rajat rajeev rajender rajendra rajesh rajini rajiv rajkumar rajni raju "
    "rakesh ram raman ramesh rani ranjan ranjeet ranjit rashid rashmi ravi ravindra reena rekha renu reshma ridhi "
    "rinku ritesh ritika ritu rohan rohini rohit roshni ruchi rupa rupali rupesh sachin sadhna sagar sahil sakshi "
    "salim salman sameer samir sandeep sandhya sangeeta sanjana sanjay sanjeev sanjiv sanjit santosh sapna sarika "
    "sarita sarla satish satyam saurabh savita seema shabnam shahid shailendra shailesh shakti shalini shankar "
    "sharad sharda shashank shashi sheela sheetal shikha shilpa shiv shivam shivani shobha shreya shruti shubham "
    "shweta shyam siddharth simran sita smita sneha sohan sonal sonali sonam sonia sonu subhash sudha sudhir "
    "sujata suman sumit sunil sunita suraj surendra suresh surinder sushil sushma swapnil swati tanu tanuja tanvi "
    "tarun trilok trisha uday ujjwal uma umesh urmila urvashi usha utkarsh vaibhav vandana varsha varun vasudha "
    "veena vidya vijay vikas vikash vikram vimal vimla vinay vineet vinita vinod vipin vipul virendra vishal "
    "vishnu vivek yamini yash yashwant yogendra yogesh yogita yusuf zafar zahid zara zeenat zoya agarwal aggarwal "
    "ahuja ansari arora awasthi bajaj bajpai banerjee bansal bhardwaj bhargava bhasin bhat bhatia bhatnagar bhatt "
    "bhattacharya bisht biswas bose chadha chakraborty chatterjee chaturvedi chaudhary chaudhry chauhan chawla "
    "chopra choudhary dasgupta desai deshmukh deshpande dhawan dixit dubey dutta dwivedi gandhi ganguly garg gaur "
    "ghosh gill goel goswami goyal grover gujjar gupta hussain iyer iyengar jain jaiswal jha joshi kapoor kashyap "
    "kaul kaur khan khandelwal khanna khatri khurana kohli kulkarni kumar lal lamba lodhi luthra madan mahajan "
    "malhotra malik mathur maurya mehra mehta menon mishra misra mittal modi mukherjee nagpal naidu nair "
    "narang nath negi nigam ojha pal pandey pandit pant parashar patel pathak patil patra pillai prajapati puri "
    "qureshi rai rana rao rastogi rathi rathore raut rawat reddy rizvi roy sahni sahu saini saluja sandhu sarkar "
    "sawant saxena sehgal sen seth sethi shah shaikh sharma shastri shekhawat shukla siddiqui sidhu singh singhal "
    "sinha sodhi solanki soni srivastav srivastava subramanian sultan suri swami talwar tandon taneja thakur "
    "thapar tiwari tomar trivedi tyagi upadhyay vaid varma vashisht venkatesh verma vohra vyas wadhwa yadav".split()
)

COMMON_WORDS: Final = frozenset(
    "a about above account actually after again ago agent all alright also am amount an and another any anybody "
    "anyone area around as ask at away back bad be because been before behind being below best better bill block "
    "both box bye call called calling can cannot case check city colony come coming complain complaint connect "
    "connected connection consumer correct could current customer cut daily damaged danger dark day days dead "
    "dear did do does doing done don't down due each electric electricity else emergency engineer evening every "
    "everybody everyone everything extension facing few find fine fire first fix flat floor for from full gali "
    "get getting give given go going gone good goodbye got great greater had half happened has have having he "
    "hello help her here hi him his hold home hour hours house how i if i'm in inside is it its just kindly know "
    "lady lane last late later left let light lights line like live living long looking lot low madam main make "
    "man manager many market may me meter minute minutes mobile month more morning most mr mrs ms much my myself "
    "name near nearby need never new next night no nobody noida none not nothing now number of off office "
    "officer ok okay old on once one only open opposite or other our out over owner park part past pay payment "
    "people person phase phone place please pole police power present problem quite rather reading ready really "
    "regarding register registered report request resident residing right road room sad same say school sector "
    "see send sent service she shop should since sir sitting so society some somebody someone something sorry "
    "speak speaking stand standing staying still stop street stuck such supply sure system talk talking tell "
    "temple tenant than thank thanks that the their them then there these they thing this those through till time "
    "tired to today tomorrow too tower transformer trying under unable until up upset us very village voltage "
    "waiting want wanting was way we well went were west what when where which while who why will wire with "
    "without working would wrong year yes yesterday yet you your".split()
)
"""No name, wherever they stand."""
